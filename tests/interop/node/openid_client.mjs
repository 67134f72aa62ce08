// openid-client, a certified OpenID Connect client that is not Microsoft's.

import * as oidc from "openid-client";

import {
  Visitor,
  anotherSecond,
  command,
  expect,
  failure,
  feature,
  finish,
  setting,
} from "./witness.mjs";

const base = setting("BASE");
const tenant = setting("TENANT");
const redirectUri = setting("REDIRECT");
const scope = `openid offline_access ${setting("SCOPE")}`;
const SIGN_IN = "B2C_1_signupsignin1";
const EDIT = "B2C_1_profileediting1";

/** At localhost only the metadata's own URL will do: B2C's issuer is no prefix of it. */
async function discovered(policy = SIGN_IN, authentication = oidc.ClientSecretPost) {
  const url = `${base}/${tenant}/${policy}/v2.0/.well-known/openid-configuration`;
  const secret = setting("SECRET");
  const config = await oidc.discovery(new URL(url), setting("CLIENT"), secret, authentication(secret));
  // Otherwise it trusts a token that came over TLS, as the specification allows.
  oidc.enableNonRepudiationChecks(config);
  return config;
}

async function request(config, more = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  });
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

async function signIn(config, { visitor = new Visitor(redirectUri), ...more } = {}) {
  const { url, checks } = await request(config, more);
  const answer = await visitor.signIn(url);
  expect(answer, "no answer");
  return { answer, checks };
}

async function tokens(config, more) {
  const { answer, checks } = await signIn(config, more);
  return oidc.authorizationCodeGrant(config, answer, checks);
}

/** The OAuth error of a token endpoint or of a redirect. */
async function fails(promise, error, code) {
  const found = await failure(promise);
  expect(found.error === error, `${found.error}: ${found.error_description} ${found}`);
  expect(found.error_description.startsWith(`${code}:`), found.error_description);
}

await feature("discovery", async () => {
  const { issuer, token_endpoint: token } = (await discovered()).serverMetadata();
  expect(issuer === `${base}/${setting("TENANT_ID")}/v2.0/`, issuer);
  expect(token === `${base}/${tenant}/${SIGN_IN}/oauth2/v2.0/token`.toLowerCase(), token);
});

await feature("discovery-unknown", async () => {
  await failure(discovered("B2C_1_nowhere"));
});

await feature("host", async () => {
  // At a host *.b2clogin.com it forgives B2C's issuer, and discovers from the authority itself.
  const server = new URL(`https://${setting("B2C_HOST")}/${tenant}/${SIGN_IN}/v2.0/`);
  const config = await oidc.discovery(server, setting("CLIENT"), setting("SECRET"));
  expect((await tokens(config)).claims().iss.startsWith(server.origin), "issuer");
});

await feature("code-flow", async () => {
  const claims = (await tokens(await discovered())).claims();
  expect(claims.aud === setting("CLIENT") && claims.name === "Ada Lovelace", claims);
  expect(claims.tfp.toLowerCase() === SIGN_IN.toLowerCase(), claims);
});

await feature("signature", async () => {
  await tokens(await discovered());
});

await feature("key-rollover", async () => {
  const before = await discovered();
  await tokens(before);
  await command("rotate-signing-key");
  // It asks for keys at most once a minute per configuration; a new one asks at once.
  await tokens(await discovered());
});

await feature("basic", async () => {
  await tokens(await discovered(SIGN_IN, oidc.ClientSecretBasic));
});

await feature("pkce", async () => {
  const config = await discovered();
  const { answer, checks } = await signIn(config);
  const wrong = { ...checks, pkceCodeVerifier: "v".repeat(43) };
  await fails(oidc.authorizationCodeGrant(config, answer, wrong), "invalid_grant", "AADB2C90182");
});

await feature("form-post", async () => {
  const config = await discovered();
  const visitor = new Visitor(redirectUri);
  const { answer, checks } = await signIn(config, { visitor, response_mode: "form_post" });
  expect(visitor.page?.includes("id='auto'"), "a redirect, not a form");
  const posted = new Request(redirectUri, { method: "POST", body: answer.searchParams });
  await oidc.authorizationCodeGrant(config, posted, checks);
});

await feature("state", async () => {
  const config = await discovered();
  const { answer, checks } = await signIn(config);
  const wrong = { ...checks, expectedState: "another" };
  await failure(oidc.authorizationCodeGrant(config, answer, wrong));
  await oidc.authorizationCodeGrant(config, answer, checks);
});

await feature("nonce", async () => {
  const config = await discovered();
  const { answer, checks } = await signIn(config);
  const wrong = { ...checks, expectedNonce: "another" };
  await failure(oidc.authorizationCodeGrant(config, answer, wrong));
});

await feature("api-token", async () => {
  const config = await discovered();
  const { access_token: token } = await tokens(config);
  const answer = await oidc.fetchProtectedResource(config, token, new URL(`${base}/api/me`), "GET");
  expect(answer.status === 200, `${answer.status} ${await answer.text()}`);
});

await feature("no-resource", async () => {
  // An answer without access_token is no OAuth answer; the client says so.
  const error = await failure(tokens(await discovered(), { scope: "openid" }));
  expect(/access_token/.test(`${error.message} ${error.cause?.message}`), String(error));
});

await feature("refresh", async () => {
  const config = await discovered();
  const first = await tokens(config);
  await anotherSecond();
  const fresh = await oidc.refreshTokenGrant(config, first.refresh_token);
  expect(fresh.access_token !== first.access_token, "the same token");
  expect(fresh.refresh_token !== first.refresh_token, "the same refresh token");
  expect(fresh.claims().sub === first.claims().sub, "another subject");
});

await feature("refresh-policy", async () => {
  const { refresh_token: token } = await tokens(await discovered());
  const answer = oidc.refreshTokenGrant(await discovered(EDIT), token);
  await fails(answer, "invalid_grant", "AADB2C90088");
});

await feature("sso", async () => {
  const config = await discovered();
  const visitor = new Visitor(redirectUri);
  await tokens(config, { visitor });
  const { url, checks } = await request(config);
  await oidc.authorizationCodeGrant(config, await visitor.open(url), checks);
});

await feature("max-age", async () => {
  const config = await discovered();
  const { answer, checks } = await signIn(config, { max_age: "60" });
  await oidc.authorizationCodeGrant(config, answer, { ...checks, maxAge: 60 });
});

await feature("cancel", async () => {
  const config = await discovered();
  const visitor = new Visitor(redirectUri);
  const { url, checks } = await request(config);
  await visitor.open(url);
  const answer = await visitor.submit({ action: "cancel" });
  await fails(oidc.authorizationCodeGrant(config, answer, checks), "access_denied", "AADB2C90091");
});

await feature("forgot-password", async () => {
  const config = await discovered();
  const visitor = new Visitor(redirectUri);
  const { url, checks } = await request(config);
  await visitor.open(url);
  const answer = await visitor.click("forgotPassword");
  await fails(oidc.authorizationCodeGrant(config, answer, checks), "access_denied", "AADB2C90118");
});

await feature("prompt-none", async () => {
  const config = await discovered();
  const { url, checks } = await request(config, { prompt: "none" });
  const answer = await new Visitor(redirectUri).open(url);
  const grant = oidc.authorizationCodeGrant(config, answer, checks);
  await fails(grant, "interaction_required", "AADB2C90077");
});

await feature("wrong-secret", async () => {
  const wrong = () => oidc.ClientSecretPost("wrong");
  await fails(tokens(await discovered(SIGN_IN, wrong)), "invalid_client", "AADB2C90081");
});

await feature("code-policy", async () => {
  const { answer, checks } = await signIn(await discovered());
  const grant = oidc.authorizationCodeGrant(await discovered(EDIT), answer, checks);
  await fails(grant, "invalid_grant", "AADB2C90088");
});

await feature("code-twice", async () => {
  const config = await discovered();
  const { answer, checks } = await signIn(config);
  await oidc.authorizationCodeGrant(config, answer, checks);
  const again = oidc.authorizationCodeGrant(config, answer, checks);
  await fails(again, "invalid_grant", "AADB2C90080");
});

await feature("client-credentials", async () => {
  const scopes = setting("SCOPE").replace(/[^/]+$/, ".default");
  const result = await oidc.clientCredentialsGrant(await discovered(), { scope: scopes });
  expect(result.access_token && !result.refresh_token, result);
});

await feature("hybrid", async () => {
  const config = await discovered();
  oidc.useCodeIdTokenResponseType(config);
  const visitor = new Visitor(redirectUri);
  const { answer, checks } = await signIn(config, { visitor, response_mode: "form_post" });
  expect(answer.searchParams.has("id_token") && answer.searchParams.has("code"), answer.href);
  // It verifies the ID token, its c_hash and its nonce, and redeems the code afterwards.
  const posted = new Request(redirectUri, { method: "POST", body: answer.searchParams });
  await oidc.authorizationCodeGrant(config, posted, checks);
});

await feature("sign-out", async () => {
  const config = await discovered();
  const visitor = new Visitor(redirectUri);
  const { id_token: hint } = await tokens(config, { visitor });
  const leave = { post_logout_redirect_uri: redirectUri, id_token_hint: hint, state: "bye" };
  const left = await visitor.open(oidc.buildEndSessionUrl(config, leave));
  expect(left?.searchParams.get("state") === "bye", "not sent back");
  expect(!(await visitor.open((await request(config)).url)), "still signed in");
});

finish();
