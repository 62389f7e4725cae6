/** Of a path of either system. */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** @param platform as `process.platform` names it */
export function joinPath(folder: string, name: string, platform: string): string {
  const separator = platform === 'win32' ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}

/** The folder of a path; the path itself where there is nothing above. */
export function folderOfPath(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  if (cut <= 0) return cut === 0 ? '/' : path
  return /^[A-Za-z]:$/.test(path.slice(0, cut)) ? path.slice(0, cut + 1) : path.slice(0, cut)
}

/** With the ending of its kind, where a person left it out. */
export function withEnding(name: string, ending: string): string {
  return name.toLowerCase().endsWith(ending) ? name : name + ending
}
