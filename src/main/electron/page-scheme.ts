import { protocol, type Session } from 'electron'
import { answerPage, SCHEME, type PageSources } from './page-answers.ts'

/** Before Electron is ready: gives the scheme an origin of its own, as https has. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ])
}

export function handlePageScheme(session: Session, sources: PageSources): void {
  session.protocol.handle(SCHEME, (request) => answerPage(request, sources))
}
