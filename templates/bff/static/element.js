// Elements from texts, never from markup.

/** An element with properties (`class`, `href`, `onclick` …) and what is in it. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") {
      made.addEventListener(key.replace(/^on/, ""), value);
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Tells what has happened to those who see it and to those who hear it. */
export function say(text) {
  document.getElementById("status").textContent = text;
}
