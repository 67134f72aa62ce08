// MSAL Node, as its documentation uses it.

import { X509Certificate, createSign } from "node:crypto";
import { readFileSync } from "node:fs";

import {
  ConfidentialClientApplication,
  CryptoProvider,
  PublicClientApplication,
} from "@azure/msal-node";

import {
  Visitor,
  anotherSecond,
  claimsOf,
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
const scope = setting("SCOPE");
const SIGN_IN = "B2C_1_signupsignin1";
const EDIT = "B2C_1_profileediting1";

const application = (policy = SIGN_IN, { origin = base, secret = setting("SECRET") } = {}) =>
  new ConfidentialClientApplication({
    auth: {
      clientId: setting("CLIENT"),
      clientSecret: secret,
      authority: `${origin}/${tenant}/${policy}`,
      knownAuthorities: [new URL(origin).host],
    },
  });

/** Asks for a sign-in and returns what is needed to redeem its code. */
async function request(app, { scopes = [scope], ...more } = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const url = await app.getAuthCodeUrl({
    scopes,
    redirectUri,
    state: "a state",
    codeChallenge: challenge,
    codeChallengeMethod: "S256",
    ...more,
  });
  return { url, redeem: { scopes, redirectUri, codeVerifier: verifier } };
}

async function signIn(app, { visitor = new Visitor(redirectUri), ...more } = {}) {
  const { url, redeem } = await request(app, more);
  const answer = await visitor.signIn(url);
  const code = answer.searchParams.get("code");
  expect(code, answer.href);
  return { ...redeem, code };
}

const tokens = async (app, more) => app.acquireTokenByCode(await signIn(app, more));

/** What an application reads from the URL when the sign-in failed. */
function refused(answer, error, code) {
  expect(answer.searchParams.get("error") === error, answer.href);
  expect(answer.searchParams.get("error_description").startsWith(`${code}:`), answer.href);
}

async function fails(promise, error, code) {
  const found = await failure(promise);
  expect(found.errorCode === error && found.message.includes(`${code}:`), String(found));
}

await feature("discovery", async () => {
  const { url } = await request(application());
  const here = `${base}/${tenant}/${SIGN_IN}/oauth2/v2.0/authorize?`.toLowerCase();
  expect(url.startsWith(here), url);
});

await feature("discovery-unknown", async () => {
  const error = await failure(request(application("B2C_1_nowhere")));
  expect(error.errorCode === "endpoints_resolution_error", String(error));
});

await feature("host", async () => {
  const origin = `https://${setting("B2C_HOST")}`;
  const result = await tokens(application(SIGN_IN, { origin }));
  expect(result.idTokenClaims.iss.startsWith(`${origin}/`), result.idTokenClaims);
});

await feature("code-flow", async () => {
  const { idTokenClaims: claims } = await tokens(application());
  expect(claims.aud === setting("CLIENT") && claims.name === "Ada Lovelace", claims);
  expect(claims.tfp.toLowerCase() === SIGN_IN.toLowerCase(), claims);
});

await feature("pkce", async () => {
  const app = application();
  const redeem = { ...(await signIn(app)), codeVerifier: "v".repeat(43) };
  await fails(app.acquireTokenByCode(redeem), "invalid_grant", "AADB2C90182");
});

await feature("form-post", async () => {
  const app = application();
  const visitor = new Visitor(redirectUri);
  const redeem = await signIn(app, { visitor, responseMode: "form_post" });
  expect(visitor.page?.includes("id='auto'"), "a redirect, not a form");
  await app.acquireTokenByCode(redeem);
});

await feature("state", async () => {
  const app = application();
  const { url, redeem } = await request(app);
  const answer = Object.fromEntries((await new Visitor(redirectUri).signIn(url)).searchParams);
  expect(answer.state === "a state", answer);
  const wrong = { ...redeem, code: answer.code, state: "another" };
  const error = await failure(app.acquireTokenByCode(wrong, answer));
  expect(error.errorCode === "state_mismatch", String(error));
  await app.acquireTokenByCode({ ...wrong, state: "a state" }, answer);
});

await feature("account", async () => {
  const { account, idTokenClaims } = await tokens(application());
  const home = `${idTokenClaims.oid}-${SIGN_IN.toLowerCase()}.${setting("TENANT_ID")}`;
  // MSAL Node reads it from client_info, which the token endpoint answers with.
  expect(account.homeAccountId === home, account);
});

await feature("api-token", async () => {
  const result = await tokens(application());
  const headers = { authorization: `${result.tokenType} ${result.accessToken}` };
  const answer = await fetch(`${base}/api/me`, { headers });
  expect(answer.status === 200, `${answer.status} ${await answer.text()}`);
  expect(result.expiresOn > new Date(Date.now() + 3_500_000), result.expiresOn);
});

await feature("no-resource", async () => {
  const result = await tokens(application(), { scopes: [] });
  expect(!result.accessToken && result.idToken, "an access token without a resource");
});

await feature("refresh", async () => {
  const app = application();
  const first = await tokens(app);
  const ask = { account: first.account, scopes: [scope] };
  const cached = await app.acquireTokenSilent(ask);
  expect(cached.fromCache && cached.accessToken === first.accessToken, "not from the cache");
  await anotherSecond();
  const fresh = await app.acquireTokenSilent({ ...ask, forceRefresh: true });
  expect(fresh.accessToken !== first.accessToken, "the same token");
  expect(fresh.idTokenClaims.sub === first.idTokenClaims.sub, "another subject");
});

await feature("refresh-policy", async () => {
  const app = application();
  await tokens(app);
  const cache = JSON.parse(app.getTokenCache().serialize());
  const refreshToken = Object.values(cache.RefreshToken)[0].secret;
  const ask = { refreshToken, scopes: [scope] };
  const answer = application(EDIT).acquireTokenByRefreshToken(ask);
  await fails(answer, "invalid_grant", "AADB2C90088");
});

await feature("sso", async () => {
  const visitor = new Visitor(redirectUri);
  const app = application();
  await tokens(app, { visitor });
  const { url, redeem } = await request(app);
  const code = (await visitor.open(url)).searchParams.get("code");
  await app.acquireTokenByCode({ ...redeem, code });
});

await feature("profile-edit", async () => {
  const visitor = new Visitor(redirectUri);
  await tokens(application(), { visitor });
  const app = application(EDIT);
  const { url, redeem } = await request(app, { scopes: [] });
  expect(!(await visitor.open(url)), "no page to edit");
  const profile = { displayName: "Ada Lovelace", givenName: "Ada", surname: "Lovelace" };
  const fields = { ...profile, city: "London", country: "United Kingdom" };
  const answer = await visitor.submit(fields, "attributeVerification");
  const code = answer.searchParams.get("code");
  const { idTokenClaims } = await app.acquireTokenByCode({ ...redeem, code });
  expect(idTokenClaims.tfp.toLowerCase() === EDIT.toLowerCase(), idTokenClaims);
});

await feature("cancel", async () => {
  const visitor = new Visitor(redirectUri);
  await visitor.open((await request(application())).url);
  refused(await visitor.submit({ action: "cancel" }), "access_denied", "AADB2C90091");
});

await feature("forgot-password", async () => {
  const visitor = new Visitor(redirectUri);
  await visitor.open((await request(application())).url);
  refused(await visitor.click("forgotPassword"), "access_denied", "AADB2C90118");
});

await feature("prompt-none", async () => {
  const { url } = await request(application(), { prompt: "none" });
  const answer = await new Visitor(redirectUri).open(url);
  refused(answer, "interaction_required", "AADB2C90077");
});

await feature("wrong-secret", async () => {
  const app = application(SIGN_IN, { secret: "wrong" });
  await fails(tokens(app), "invalid_client", "AADB2C90081");
});

await feature("code-policy", async () => {
  const redeem = await signIn(application());
  const answer = application(EDIT).acquireTokenByCode(redeem);
  await fails(answer, "invalid_grant", "AADB2C90088");
});

await feature("code-twice", async () => {
  const app = application();
  const redeem = await signIn(app);
  await app.acquireTokenByCode(redeem);
  await fails(app.acquireTokenByCode(redeem), "invalid_grant", "AADB2C90080");
});

await feature("client-credentials", async () => {
  const scopes = [scope.replace(/[^/]+$/, ".default")];
  const { accessToken } = await application().acquireTokenByClientCredential({ scopes });
  expect(claimsOf(accessToken).scp === "demo.app", claimsOf(accessToken));
});

await feature("password", async () => {
  const authority = `${base}/${tenant}/B2C_1_ropc`;
  const knownAuthorities = [new URL(base).host];
  const app = new PublicClientApplication({
    auth: { clientId: setting("PUBLIC_CLIENT"), authority, knownAuthorities },
  });
  const ada = { username: "ada@emulator.example", password: "Passw0rd!", scopes: [scope] };
  const { idTokenClaims } = await app.acquireTokenByUsernamePassword(ada);
  expect(idTokenClaims.name === "Ada Lovelace", idTokenClaims);
  const wrong = app.acquireTokenByUsernamePassword({ ...ada, password: "wrong" });
  await fails(wrong, "access_denied", "AADB2C90225");
});

await feature("custom-policy", async () => {
  const app = application("B2C_1A_signup_signin");
  const more = { extraQueryParameters: { campaign: "spring" } };
  const { idTokenClaims: claims } = await tokens(app, more);
  expect(claims.acr === "b2c_1a_signup_signin" && !claims.tfp, claims);
  expect(claims.campaign === "spring", claims);
});

await feature("second-factor", async () => {
  const app = application("B2C_1_mfa");
  const { url, redeem } = await request(app);
  const visitor = new Visitor(redirectUri);
  expect(!(await visitor.signIn(url)), "a password was enough");
  const fields = { verificationCode: visitor.textOf("phoneCode"), action: "secondFactor" };
  const answer = await visitor.submit(fields, "phoneFactor");
  const code = answer.searchParams.get("code");
  const { idTokenClaims } = await app.acquireTokenByCode({ ...redeem, code });
  expect(idTokenClaims.tfp === "B2C_1_mfa", idTokenClaims);
});

await feature("wrong-password", async () => {
  const visitor = new Visitor(redirectUri);
  const { url } = await request(application());
  expect(!(await visitor.signIn(url, "wrong")), "the application heard");
  const again = { signInName: "ada@emulator.example", password: "Passw0rd!" };
  expect(await visitor.submit(again), "no answer");
});

const ciam = `https://${setting("CIAM_HOST")}`;
const ciamScope = setting("CIAM_SCOPE");

const issuerHost = `${setting("CIAM_ID")}.ciamlogin.com`;

// The issuer has the GUID. Where the authority has the name, MSAL Node wants to be told so.
const customerApplication = (authority = `${ciam}/`, more = { knownAuthorities: [issuerHost] }) =>
  new ConfidentialClientApplication({
    auth: { clientId: setting("CLIENT"), clientSecret: setting("SECRET"), authority, ...more },
  });

await feature("ciam-discovery", async () => {
  for (const path of ["", "/", `/${setting("CIAM_TENANT")}`, `/${setting("CIAM_ID")}`]) {
    const { url } = await request(customerApplication(ciam + path));
    expect(url.startsWith(`${ciam}/`), url);
  }
  await request(customerApplication(`${ciam}/${setting("CIAM_ID")}`, {}));
  await request(customerApplication(`https://${issuerHost}/${setting("CIAM_ID")}`, {}));
  const untold = await failure(request(customerApplication(undefined, {})));
  expect(untold.errorCode === "endpoints_resolution_error", String(untold));
});

await feature("ciam-code-flow", async () => {
  const { idTokenClaims: claims } = await tokens(customerApplication(), { scopes: [ciamScope] });
  const id = setting("CIAM_ID");
  expect(claims.iss === `https://${id}.ciamlogin.com/${id}/v2.0`, claims);
  expect(claims.tid === id && !claims.tfp, claims);
});

await feature("ciam-refresh", async () => {
  const app = customerApplication();
  const first = await tokens(app, { scopes: [ciamScope] });
  expect(first.account.homeAccountId === `${first.idTokenClaims.oid}.${setting("CIAM_ID")}`, first);
  const ask = { account: first.account, scopes: [ciamScope], forceRefresh: true };
  await anotherSecond();
  const fresh = await app.acquireTokenSilent(ask);
  expect(fresh.accessToken !== first.accessToken, "the same token");
});

await feature("ciam-client-credentials", async () => {
  const scopes = [ciamScope.replace(/[^/]+$/, ".default")];
  const { accessToken } = await customerApplication().acquireTokenByClientCredential({ scopes });
  expect(claimsOf(accessToken).tid === setting("CIAM_ID"), "tid");
});

await feature("ciam-wrong-secret", async () => {
  const scopes = [ciamScope.replace(/[^/]+$/, ".default")];
  const app = customerApplication(undefined, {
    clientSecret: "wrong",
    knownAuthorities: [issuerHost],
  });
  const answer = app.acquireTokenByClientCredential({ scopes });
  await fails(answer, "invalid_client", "AADSTS7000215");
});

const credential = (name) => readFileSync(`${setting("CREDENTIALS")}/${name}`, "utf8");

/** A certificate as MSAL wants it, found by its thumbprint. */
function certificate(name = "certificate.pem") {
  const { fingerprint256 } = new X509Certificate(credential(name));
  const thumbprintSha256 = fingerprint256.replaceAll(":", "");
  return { clientCertificate: { thumbprintSha256, privateKey: credential("key.pem") } };
}

const ownScope = (scope) => scope.replace(/[^/]+$/, ".default");

await feature("ciam-certificate", async () => {
  const more = { knownAuthorities: [issuerHost], clientSecret: undefined, ...certificate() };
  const app = customerApplication(undefined, more);
  await tokens(app, { scopes: [ciamScope] });
  await app.acquireTokenByClientCredential({ scopes: [ownScope(ciamScope)] });
});

await feature("ciam-sso", async () => {
  const visitor = new Visitor(redirectUri);
  const app = customerApplication();
  await tokens(app, { visitor, scopes: [ciamScope] });
  const { url, redeem } = await request(app, { scopes: [ciamScope] });
  const code = (await visitor.open(url)).searchParams.get("code");
  await app.acquireTokenByCode({ ...redeem, code });
  expect(visitor.cookies.has("ESTSAUTH"), [...visitor.cookies.keys()]);
});

await feature("ciam-cancel", async () => {
  const visitor = new Visitor(redirectUri);
  await visitor.open((await request(customerApplication(), { scopes: [ciamScope] })).url);
  refused(await visitor.submit({ action: "cancel" }), "access_denied", "AADSTS65004");
});

await feature("ciam-password-reset", async () => {
  const app = customerApplication();
  const { url, redeem } = await request(app, { scopes: [ciamScope] });
  const visitor = new Visitor(redirectUri);
  const form = "attributeVerification";
  await visitor.open(url);
  await visitor.click("forgotPassword");
  await visitor.submit({ email: "ada@emulator.example" }, form);
  await visitor.submit({ verificationCode: visitor.textOf("mailboxCode") }, form);
  // The old one, so that it is still good for what comes next.
  const password = { newPassword: "Passw0rd!", reenterPassword: "Passw0rd!" };
  const code = (await visitor.submit(password, form)).searchParams.get("code");
  await app.acquireTokenByCode({ ...redeem, code });
});

await feature("ciam-revoked", async () => {
  const app = customerApplication();
  const { account } = await tokens(app, { scopes: [ciamScope] });
  await command("revoke-customer");
  const silent = app.acquireTokenSilent({ account, scopes: [ciamScope], forceRefresh: true });
  await fails(silent, "invalid_grant", "AADSTS50173");
});

const entra = "https://login.microsoftonline.com";
const entraApi = setting("ENTRA_API");
const entraScope = `api://${entraApi}/demo.read`;

// MSAL knows the host, and would ask Microsoft about it otherwise.
const workApplication = ({
  segment = setting("ENTRA_TENANT"),
  clientId = setting("CLIENT"),
  proof = { clientSecret: setting("SECRET") },
} = {}) =>
  new ConfidentialClientApplication({
    auth: { clientId, authority: `${entra}/${segment}`, ...proof },
  });

const atWork = { scopes: [entraScope] };
const alone = { scopes: [ownScope(entraScope)] };

await feature("entra-code-flow", async () => {
  const { idTokenClaims: claims, account } = await tokens(workApplication(), atWork);
  const id = setting("ENTRA_ID");
  expect(claims.iss === `${entra}/${id}/v2.0` && claims.tid === id, claims);
  expect(account.homeAccountId === `${claims.oid}.${id}`, account);
});

await feature("entra-refresh", async () => {
  const app = workApplication();
  const first = await tokens(app, atWork);
  await anotherSecond();
  const ask = { account: first.account, forceRefresh: true };
  const fresh = await app.acquireTokenSilent({ ...ask, ...atWork });
  expect(fresh.accessToken !== first.accessToken, "the same token");
  // Refresh tokens are of no single resource.
  const graph = await app.acquireTokenSilent({ ...ask, scopes: ["User.Read"] });
  expect(claimsOf(graph.accessToken).scp.startsWith("User.Read"), claimsOf(graph.accessToken));
});

await feature("entra-prompt-none", async () => {
  const { url } = await request(workApplication(), { ...atWork, prompt: "none" });
  const answer = await new Visitor(redirectUri).open(url);
  refused(answer, "login_required", "AADSTS50058");
});

await feature("entra-code-twice", async () => {
  const app = workApplication();
  const redeem = await signIn(app, atWork);
  await app.acquireTokenByCode(redeem);
  await fails(app.acquireTokenByCode(redeem), "invalid_grant", "AADSTS54005");
});

await feature("entra-client-credentials", async () => {
  const { accessToken } = await workApplication().acquireTokenByClientCredential(alone);
  const claims = claimsOf(accessToken);
  expect(claims.roles[0] === "demo.app" && claims.azpacr === "1", claims);
});

await feature("entra-certificate", async () => {
  const app = workApplication({ proof: certificate() });
  await tokens(app, atWork);
  const { accessToken } = await app.acquireTokenByClientCredential(alone);
  expect(claimsOf(accessToken).azpacr === "2", claimsOf(accessToken));
});

await feature("entra-wrong-certificate", async () => {
  const app = workApplication({ proof: certificate("stranger.pem") });
  const answer = app.acquireTokenByClientCredential(alone);
  await fails(answer, "invalid_client", "AADSTS700027");
});

await feature("entra-federated", async () => {
  const segment = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "https://issuer.example",
    sub: "system:serviceaccount:shop:orders",
    aud: "api://AzureADTokenExchange",
    exp: Math.floor(Date.now() / 1000) + 300,
  };
  const message = `${segment({ alg: "RS256", kid: "workload" })}.${segment(claims)}`;
  const signature = createSign("sha256").update(message).sign(credential("key.pem"), "base64url");
  const app = workApplication({ proof: { clientAssertion: `${message}.${signature}` } });
  await app.acquireTokenByClientCredential(alone);
});

await feature("entra-obo", async () => {
  const { accessToken } = await tokens(workApplication(), atWork);
  const proofs = [{ clientSecret: "the secret of the api" }, certificate()];
  for (const proof of proofs) {
    const api = workApplication({ clientId: entraApi, proof });
    const ask = { oboAssertion: accessToken, scopes: ["User.Read"] };
    const claims = claimsOf((await api.acquireTokenOnBehalfOf(ask)).accessToken);
    expect(claims.azp === entraApi && claims.name === "Ada Lovelace", claims);
  }
});

await feature("entra-common", async () => {
  const clientId = setting("ENTRA_SHARED_CLIENT");
  const app = workApplication({ clientId, segment: "common" });
  const people = {
    "ada@emulator.example": setting("ENTRA_ID"),
    "joan@woodgrove.example": setting("ENTRA_OTHER_ID"),
  };
  for (const [name, id] of Object.entries(people)) {
    const { url, redeem } = await request(app, atWork);
    const answer = await new Visitor(redirectUri).signIn(url, undefined, name);
    const code = answer.searchParams.get("code");
    const { account, idTokenClaims } = await app.acquireTokenByCode({ ...redeem, code });
    expect(idTokenClaims.iss === `${entra}/${id}/v2.0`, idTokenClaims);
    await app.acquireTokenSilent({ account, ...atWork, forceRefresh: true });
  }
});

await feature("entra-common-single", async () => {
  const { url } = await request(workApplication({ segment: "common" }), atWork);
  const answer = await new Visitor(redirectUri).open(url);
  refused(answer, "invalid_request", "AADSTS50194");
});

finish();
