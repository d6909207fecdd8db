// Sends the steps with openapi-fetch and the types that openapi-typescript generated, and prints the outcome.
import createClient from "openapi-fetch";
import type { paths } from "./generated";

async function main(): Promise<void> {
  const given = JSON.parse(process.argv[2]);
  const client = createClient<paths>({ baseUrl: given.url, headers: { Authorization: `Bearer ${given.token}` } });
  const created = await client.POST("/api/v3/partnerships", { body: given.partnership });
  const refused = await client.POST("/api/v3/partnerships", { body: given.partnership });
  const query = { "filter[cohort]": given.cohort as string, "page[per_page]": 2, "page[page]": 2 };
  const page = await client.GET("/api/v3/partnerships", { params: { query } });
  const declared = await client.POST("/api/v3/participant-declarations", { body: given.declaration });
  const id = declared.data!.data.id;
  const voided = await client.PUT("/api/v3/participant-declarations/{id}/void", { params: { path: { id } } });
  const errors = typeof refused.error === "object" && "errors" in refused.error ? refused.error.errors : [];
  console.log(
    JSON.stringify({
      created: created.data!.data.attributes.cohort,
      refused: [refused.response.status, errors.map((error) => error.title)],
      page: page.data!.data.map((partnership) => partnership.id),
      declared: declared.data!.data.attributes.state,
      voided: voided.data!.data.attributes.state,
    }),
  );
}

main();
