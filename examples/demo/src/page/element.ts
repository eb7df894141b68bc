/**
 * The element of the page's own HTML with this id.
 * @throws {Error} if it is missing or of another kind: page and script do not fit together.
 */
export function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`#${id} is not there, or no ${kind.name}`)
  return found
}

/** Sets the text of the element with this id, and leaves the page alone where nothing changes. */
export function write(id: string, text: string): void {
  const target = element(id, HTMLElement)
  if (target.textContent !== text) target.textContent = text
}
