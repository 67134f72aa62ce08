// The notes of whoever is signed in.
import { element, say } from "./element.js";
import { ask } from "./server.js";

/** A panel with the notes, and a form to write one more. */
export function notes() {
  const list = element("ul", { class: "notes" });
  const field = element("input", { id: "text", name: "text", required: "", maxlength: "500", autocomplete: "off" });
  const write = async (event) => {
    event.preventDefault();
    const { value: text } = field;
    if (await attempt("Written.", () => ask("POST", "/api/notes", { text }))) {
      field.value = "";
    }
    field.focus();
  };
  const remove = async (note) => {
    await attempt("Removed.", () => ask("DELETE", `/api/notes/${note.id}`));
    field.focus();
  };
  const attempt = async (done, action) => {
    try {
      await action();
      await show();
      say(done);
      return true;
    } catch (error) {
      say(error.message);
      return false;
    }
  };
  const show = async () => {
    const all = await ask("GET", "/api/notes");
    const items = all.map((note) => item(note, () => remove(note)));
    list.replaceChildren(...(items.length ? items : [element("li", { class: "none" }, "No notes yet.")]));
  };
  show().catch((error) => say(error.message));

  return element(
    "section",
    { class: "panel", "aria-labelledby": "notes" },
    element("h2", { id: "notes" }, "Notes"),
    list,
    element(
      "form",
      { class: "write", onsubmit: write },
      element("label", { for: "text" }, "New note"),
      field,
      element("button", { class: "button", type: "submit" }, "Write"),
    ),
  );
}

function item(note, remove) {
  const label = `Remove “${note.text}”`;
  const button = element("button", { class: "button quiet", type: "button", "aria-label": label, onclick: remove }, "Remove");
  return element("li", {}, element("span", {}, note.text), button);
}
