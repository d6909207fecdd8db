// Sends the steps with a client that openapi-generator generated for TypeScript, and prints the outcome.
import {
  Configuration,
  DeclarationCreateRequestFromJSON,
  DeclarationsApi,
  ErrorsResponseFromJSON,
  PartnershipCreateRequestFromJSON,
  PartnershipsApi,
  ResponseError,
} from "./generated";

async function main(): Promise<void> {
  const given = JSON.parse(process.argv[2]);
  const configuration = new Configuration({ basePath: given.url, accessToken: given.token });
  const partnerships = new PartnershipsApi(configuration);
  const declarations = new DeclarationsApi(configuration);
  const partnershipCreateRequest = PartnershipCreateRequestFromJSON(given.partnership);
  const created = await partnerships.createPartnership({ partnershipCreateRequest });
  const refused = await partnerships.createPartnership({ partnershipCreateRequest }).catch((error: unknown) => {
    if (error instanceof ResponseError) return error.response;
    throw error;
  });
  if (!(refused instanceof Response)) throw new Error("The second partnership is not refused.");
  const { errors } = ErrorsResponseFromJSON(await refused.json());
  const page = await partnerships.getPartnerships({ filterCohort: given.cohort, pagePerPage: 2, pagePage: 2 });
  const declarationCreateRequest = DeclarationCreateRequestFromJSON(given.declaration);
  const declared = await declarations.createDeclaration({ declarationCreateRequest });
  const voided = await declarations.voidDeclaration({ id: declared.data.id });
  console.log(
    JSON.stringify({
      created: created.data.attributes.cohort,
      refused: [refused.status, errors.map((error) => error.title)],
      page: page.data.map((partnership) => partnership.id),
      declared: declared.data.attributes.state,
      voided: voided.data.attributes.state,
    }),
  );
}

main();
