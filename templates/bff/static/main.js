// The front end: who is signed in decides what is shown.
import { element, say } from "./element.js";
import { notes } from "./notes.js";
import { ask } from "./server.js";
import { onceEnded, session, signInAddress } from "./session.js";

async function start() {
  const current = await session();
  const me = current.signed_in ? await ask("GET", "/api/me") : null;
  fill("account", me ? account(current, me) : [signIn(current)]);
  if (location.pathname !== "/") {
    fill("main", [head("404", "There is no such page", `Nothing is at ${location.pathname}.`)]);
  } else {
    fill("main", me ? home(me) : welcome(current));
  }
  if (me) {
    onceEnded(current, () => {
      fill("account", [signIn(current)]);
      fill("main", ended(current));
      say("Your session has ended.");
    });
  }
}

function welcome(current) {
  const lead = "Your notes are on the server, and so are your tokens: scripts in this page see neither password nor token.";
  const section = head("Sign-in with tower", "Sign in, and write a note", lead);
  const link = element("a", { class: "button large", href: signInAddress(current.sign_in) }, "Sign in or sign up");
  section.append(element("p", { class: "actions" }, link));
  return [section];
}

function home(me) {
  const section = head("Signed in", `Hello, ${me.name ?? me.email ?? "you"}`, "The server knows you by your session, and calls other APIs in your name.");
  if (me.can_edit_profile) {
    section.append(element("p", { class: "actions" }, element("a", { class: "button quiet", href: "/edit-profile" }, "Edit profile")));
  }
  return [section, notes(), greeting()];
}

function greeting() {
  const answer = element("p", { class: "lead", id: "answer" });
  const call = async () => {
    try {
      answer.textContent = (await ask("GET", "/api/greeting")).message;
      say("The API has answered.");
    } catch (error) {
      say(error.message);
    }
  };
  return element(
    "section",
    { class: "panel", "aria-labelledby": "api" },
    element("h2", { id: "api" }, "Another API"),
    element("p", {}, "The server calls it with an access token issued for you. Your browser never sees the token."),
    answer,
    element("p", { class: "actions" }, element("button", { class: "button", type: "button", onclick: call }, "Call it")),
  );
}

function ended(current) {
  const section = head("Signed out", "Your session has ended", "Sign in again to go on where you were.");
  section.append(element("p", { class: "actions" }, signIn(current)));
  return [section];
}

function account(current, me) {
  const name = me.name ?? me.email ?? "you";
  return [
    element(
      "span",
      { class: "who" },
      element("span", { class: "avatar", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
      element("span", { class: "who-name" }, name),
    ),
    // A form: the browser follows the redirect to the provider, which a script could not.
    element(
      "form",
      { method: "post", action: current.sign_out },
      element("button", { class: "button quiet", type: "submit" }, "Sign out"),
    ),
  ];
}

function signIn(current) {
  return element("a", { class: "button", href: signInAddress(current.sign_in) }, "Sign in");
}

function head(eyebrow, title, lead) {
  return element(
    "section",
    { class: "page-head" },
    element("p", { class: "eyebrow" }, eyebrow),
    element("h1", {}, title),
    element("p", { class: "lead" }, lead),
  );
}

function fill(id, content) {
  document.getElementById(id).replaceChildren(...content);
}

start().catch((error) => {
  fill("main", [head("Something is not right", "This page cannot be shown", error.message)]);
});
