/** For as long as the window is open, also over a reload of its page. */

const keyOf = (projectPath: string): string => `image of ${projectPath}`

export function rememberImage(projectPath: string, imageId: number): void {
  sessionStorage.setItem(keyOf(projectPath), String(imageId))
}

/** The image that was on show last in this project; null when none was. */
export function recallImage(projectPath: string): number | null {
  const id = Number(sessionStorage.getItem(keyOf(projectPath)))
  return Number.isInteger(id) && id > 0 ? id : null
}
