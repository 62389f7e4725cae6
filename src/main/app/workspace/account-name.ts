import { userInfo } from 'node:os'

/** The name of the person's account on this computer; null where the process has none. */
export function accountName(): string | null {
  try {
    return userInfo().username || null
  } catch {
    // In a container, a process may run under a number that is no account.
    return null
  }
}
