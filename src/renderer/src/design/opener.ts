/**
 * What a person comes back to from a dialog that is opened now: what has the focus, and of a row of a
 * menu, which goes with its menu, the button that opened the menu. null where nothing has the focus.
 */
export function openerOf(focused: Element | null): HTMLElement | null {
  let element = focused
  for (;;) {
    const menu = element?.closest('[role="menu"]')
    if (!menu) break
    element = document.getElementById(menu.getAttribute('aria-labelledby') ?? '')
  }
  return element instanceof HTMLElement && element !== document.body ? element : null
}
