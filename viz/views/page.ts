/** @returns the page's element of that id @throws when the page and the code disagree */
export function byId<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element "${id}"`);
  return found as unknown as T;
}

/** @returns an element with classes and text */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = "",
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
}

/** @returns pairs of a definition list; empty values are left out */
export function definitions(pairs: readonly (readonly [term: string, value: string | Node])[]): Node[] {
  return pairs.flatMap(([term, value]) => {
    if (value === "") return [];
    const definition = element("dd");
    definition.append(value);
    return [element("dt", "", term), definition];
  });
}

/** @returns a list item that tells what happened when, and leads there */
export function momentButton(moment: string, text: string, onClick: () => void): HTMLLIElement {
  const button = element("button");
  button.type = "button";
  button.append(element("span", "moment", moment), element("span", "", text));
  button.addEventListener("click", onClick);
  const item = element("li");
  item.append(button);
  return item;
}
