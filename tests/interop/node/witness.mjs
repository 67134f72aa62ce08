// Words that the witnesses in Node.js are written in.

import { createInterface } from "node:readline/promises";

import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

// fetch of Node.js 20 asks no proxy by itself; this is how its documentation lets it do so.
setGlobalDispatcher(new EnvHttpProxyAgent());

/** What the test says about the emulator. */
export const setting = (name) => process.env[`WITNESS_${name}`];

const results = {};

/** Runs a function and notes how it went. */
export async function feature(name, witness) {
  try {
    await witness();
    results[name] = "ok";
  } catch (error) {
    results[name] = `${error.name}: ${error.message} ${error.cause ?? ""}`;
  }
}

const lines = createInterface({ input: process.stdin });

/** Lets the test do something to the emulator. */
export async function command(name) {
  console.log(`do: ${name}`);
  await new Promise((done) => lines.once("line", done));
}

export function finish() {
  console.log(`report: ${JSON.stringify(results)}`);
  process.exit();
}

/** Tokens of one second are the same: nothing in them but the time would differ. */
export const anotherSecond = () => new Promise((done) => setTimeout(done, 1100));

export function expect(condition, what) {
  if (!condition) throw new Error(typeof what === "string" ? what : JSON.stringify(what));
}

/** The error that a promise ends with. */
export async function failure(promise) {
  const value = await promise.then(
    () => undefined,
    (error) => error,
  );
  expect(value, "it succeeded");
  return value;
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** A browser without JavaScript, which stops where the application would be asked. */
export class Visitor {
  cookies = new Map();

  constructor(application) {
    this.application = application;
  }

  /** Returns where the application would be asked, or undefined for a page. */
  async open(url) {
    return this.#follow(String(url));
  }

  /** Fills in a form and sends it. */
  async submit(fields, form = "localAccountForm") {
    const source = this.page.match(new RegExp(`<form id="${form}".*?</form>`, "s"))?.[0];
    expect(source, `no form ${form} at ${this.url}: ${this.page.slice(0, 500)}`);
    const hidden = [...source.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const all = hidden.map(([, name, value]) => [name, unescaped(value)]);
    const body = new URLSearchParams([...all, ...Object.entries(fields)]);
    const action = unescaped(source.match(/action="([^"]+)"/)[1]);
    return this.#follow(new URL(action, this.url).href, { method: "POST", body });
  }

  /** Follows a link, found by its id. */
  async click(element) {
    const link = this.page.match(new RegExp(`<a id="${element}" href="([^"]+)"`))?.[1];
    expect(link, `no link ${element} at ${this.url}`);
    return this.open(new URL(unescaped(link), this.url));
  }

  /** What an element says, found by its id. */
  textOf(element) {
    const text = this.page.match(new RegExp(`id="${element}">([^<]*)<`))?.[1];
    expect(text, `no ${element} at ${this.url}`);
    return unescaped(text);
  }

  /** Signs Ada, or somebody else, in with a password. */
  async signIn(url, password = "Passw0rd!", name = "ada@emulator.example") {
    const answer = await this.open(url);
    expect(!answer, `no sign-in page, but ${answer}`);
    return this.submit({ signInName: name, password });
  }

  async #follow(url, request = {}) {
    for (let turns = 0; turns < 10; turns += 1) {
      const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
      const answer = await fetch(url, { ...request, headers: { cookie }, redirect: "manual" });
      for (const cookie of answer.headers.getSetCookie()) this.#keep(cookie);
      if (answer.status < 300 || answer.status >= 400) {
        this.url = url;
        this.page = await answer.text();
        return this.#posted();
      }
      await answer.arrayBuffer();
      url = new URL(answer.headers.get("location"), url).href;
      request = {};
      if (url.startsWith(this.application)) return new URL(url);
    }
    throw new Error(`too many redirects, last to ${url}`);
  }

  #keep(cookie) {
    const [pair] = cookie.split(";");
    const [name, ...value] = pair.split("=");
    if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value.join("="));
  }

  /** The fields of a form that would send itself to the application, as its URL's query. */
  #posted() {
    const action = this.page.match(/<form id='auto' method='post' action='([^']+)'/)?.[1];
    if (!action || !unescaped(action).startsWith(this.application)) return undefined;
    const url = new URL(unescaped(action));
    for (const [, name, value] of this.page.matchAll(/name='([^']+)' id='[^']+' value='([^']*)'/g))
      url.searchParams.set(name, unescaped(value));
    return url;
  }
}

const characters = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'", "#x2f": "/" };

const unescaped = (text) =>
  text.replace(/&(#?\w+);/g, (whole, name) => characters[name.toLowerCase()] ?? whole);
