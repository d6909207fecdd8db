// A stateful mock as a team would write it: openapi-backend checks requests against the contract, fastify serves them,
// and a Map remembers. Arguments: port, contract, and the partnerships with which it begins.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import fastify from "fastify";
import { OpenAPIBackend } from "openapi-backend";

const [port, contract, data] = process.argv.slice(2);
const PAGE = 100;

const byId = (items) => new Map(items.map((item) => [item.id, item]));
const stored = { partnership: byId(JSON.parse(readFileSync(data)).partnerships), "participant-declaration": new Map() };

function firstPage(map) {
  const page = [];
  for (const item of map.values()) {
    page.push(item);
    if (page.length === PAGE) break;
  }
  return page;
}

const list = (type) => (_call, _request, reply) => reply.send({ data: firstPage(stored[type]) });
const create = (type) => (call, _request, reply) => {
  const item = { id: randomUUID(), type, attributes: call.request.requestBody.data.attributes };
  stored[type].set(item.id, item);
  return reply.send({ data: item });
};

const api = new OpenAPIBackend({ definition: contract, quick: true, ajvOpts: { strict: false, validateFormats: false } });
api.registerSecurityHandler("api_key", (call) => /^Bearer ./.test(call.request.headers.authorization));
api.register({
  getPartnership: (call, _request, reply) => reply.send({ data: stored.partnership.get(call.request.params.id) }),
  getPartnerships: list("partnership"),
  createPartnership: create("partnership"),
  createDeclaration: create("participant-declaration"),
  validationFail: (call, _request, reply) => reply.code(422).send({ errors: call.validation.errors }),
  unauthorizedHandler: (_call, _request, reply) => reply.code(401).send({ error: "HTTP Token: Access denied" }),
  notFound: (_call, _request, reply) => reply.code(404).send({ error: "Not found" }),
});
await api.init();

const app = fastify();
app.all("*", (request, reply) =>
  api.handleRequest(
    { method: request.method, path: request.url.split("?")[0], query: request.query, body: request.body, headers: request.headers },
    request,
    reply,
  ),
);
await app.listen({ host: "127.0.0.1", port: Number(port) });
