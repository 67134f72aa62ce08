// Requests to this page's own server.
import { signInAddress } from "./session.js";

/**
 * JSON from the server, or nothing where there is none. Where it takes a sign-in, the browser leaves
 * for it and the promise stays open; other refusals are errors with the server's own words.
 */
export async function ask(method, path, body) {
  const headers = { accept: "application/json", "x-csrf": "1" };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
  }
  const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  const document = isJson ? await answer.json() : null;
  if (answer.status === 401) {
    location.assign(signInAddress(document?.sign_in ?? "/login"));
    return new Promise(() => {});
  }
  if (!answer.ok) {
    throw new Error(document?.detail ?? document?.title ?? `The server answered ${answer.status}.`);
  }
  return document;
}
