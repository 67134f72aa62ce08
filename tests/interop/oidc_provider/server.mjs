// npm oidc-provider with its development interactions. Its one argument is JSON: the port, the
// clients, and what differs from its defaults; with an `api` it issues access tokens for that one. What it does is told line by line on standard output.

import { createPublicKey, generateKeyPairSync } from "node:crypto";

import Provider from "oidc-provider";

const { port, clients, configuration } = JSON.parse(process.argv[2]);

// A client's keys come as PEM, by their names.
for (const client of clients) {
  const keys = Object.entries(client.jwks_of ?? {});
  delete client.jwks_of;
  if (keys.length > 0) {
    const jwk = ([kid, pem]) => ({ ...createPublicKey(pem).export({ format: "jwk" }), kid });
    client.jwks = { keys: keys.map(jwk) };
  }
}

// An API for whose tokens clients ask: JWTs, signed with ES256.
const { api, ...differences } = configuration;
const resources = api && {
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      getResourceServerInfo: () => ({
        scope: "orders",
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
};

const signing = [
  ["rsa", { modulusLength: 2048 }],
  ["ec", { namedCurve: "P-256" }],
  ["ed25519", {}],
].map(([type, options]) => generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }));

const provider = new Provider(`http://localhost:${port}`, {
  clients,
  jwks: { keys: signing },
  // By default it posts to no address of this machine; the app's back channel is one.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  cookies: { keys: ["only for this test"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  scopes: ["openid", "offline_access", "orders"],
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@op.example`, email_verified: true, name: id }),
  }),
  ...resources,
  ...differences,
});

const tell = (...words) => console.log(words.join(" "));

provider.use(async (ctx, next) => {
  await next();
  if (typeof ctx.body === "string") {
    // A test has no use for fonts from the network.
    ctx.body = ctx.body.replace(/@import url\([^)]*\);/g, "");
  }
  const { route, params = {}, client } = ctx.oidc ?? {};
  const method = client?.clientAuthMethod ?? "nobody";
  tell(route, ctx.status, params.grant_type ?? params.response_mode ?? "-", method);
});
provider.on("refresh_token.consumed", () => tell("refresh_token.consumed"));
provider.on("backchannel.success", () => tell("backchannel.success"));
for (const what of ["authorization", "backchannel", "grant", "pushed_authorization_request"]) {
  provider.on(`${what}.error`, (_, error) => {
    tell(`${what}.error`, error.message, error.error_description, error.error_detail, error.cause);
  });
}
provider.on("server_error", (_, error) => tell("server_error", error.stack));

provider.listen(port, "127.0.0.1", () => tell("ready"));
