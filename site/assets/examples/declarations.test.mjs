import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

const SANDBOX = process.env.SANDBOX_URL ?? "http://127.0.0.1:8000";

// The client that you test.
class Client {
  constructor(url, token) {
    this.address = `${url}/api/v3/participant-declarations`;
    this.headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  declareStarted(participantId) {
    const attributes = {
      participant_id: participantId,
      declaration_type: "started",
      declaration_date: "2026-09-10T09:00:00Z",
      course_identifier: "ecf-induction",
      evidence_held: "training-event-attended",
    };
    const body = JSON.stringify({ data: { type: "participant-declaration", attributes } });
    return fetch(this.address, { method: "POST", headers: this.headers, body });
  }

  async state(id) {
    const response = await fetch(`${this.address}/${id}`, { headers: this.headers });
    return (await response.json()).data.attributes.state;
  }
}

// Sends a request to the sandbox controls.
async function control(method, path, fields) {
  const response = await fetch(`${SANDBOX}/_sandbox${path}`, { method, body: fields && JSON.stringify(fields) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

let world, client, ect;

before(async () => {
  world = await control("POST", "/worlds", { size: "small", clock: "2026-09-15T09:00:00Z" });
  client = new Client(SANDBOX, world.tokens[0].token);
});

after(() => control("DELETE", `/worlds/${world.id}`));

beforeEach(async () => {
  const scenario = await control("POST", `/scenarios/ect-without-declarations?world=${world.id}`);
  ect = scenario.ids.participants.ect;
});

test("a second declaration is refused", async () => {
  await client.declareStarted(ect);
  const response = await client.declareStarted(ect);
  assert.equal(response.status, 422);
  assert.equal((await response.json()).errors[0].title, "declaration_type");
});

test("a declaration is paid", async () => {
  const { data } = await (await client.declareStarted(ect)).json();
  assert.equal(data.attributes.state, "eligible");
  await control("POST", `/clock/advance?world=${world.id}`, { days: 72 });
  assert.equal(await client.state(data.id), "paid");
});
