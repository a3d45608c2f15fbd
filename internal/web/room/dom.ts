// A few lines instead of a framework. Attributes and classes only: the page's
// content security policy forbids inline styles.

type Attributes = { [name: string]: string | number | boolean | undefined };
type Child = Node | string | null;

/** Makes an element; true sets an empty attribute, false and undefined none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/** A button that does something here; never a submit button. */
export function button(attributes: Attributes, label: string, act: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", act);
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.textContent = "";
  for (const child of children) {
    if (child !== null) element.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/** Sets an element's text only when it changes, so that nothing is announced twice. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
