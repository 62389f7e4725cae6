import { createPinia } from 'pinia'
import { createApp, shallowRef } from 'vue'
import { config } from 'zod'
import { createClient } from '#shared/contract/client.ts'
import App from './App.vue'
import { connectionKey } from './app/connection.ts'
import { createWindowI18n } from './i18n/create-i18n.ts'
import { i18nKey } from './i18n/translation.ts'
import { useSelectionStore } from './stores/selection.ts'
import { electronTransport } from './transport/electron-transport.ts'
import { createSocketTransport, socketUrl } from './transport/socket-transport.ts'
import type { ConnectionState } from './transport/socket-transport.ts'
import { clientKey } from './transport/use-client.ts'

// Without it zod tries whether it may make code of strings, which the page's policy reports.
config({ jitless: true })

/** What a listener threw is a mistake of the window itself: it belongs where developers look. */
function report(error: unknown): void {
  globalThis.reportError(error)
}

function connect() {
  const connection = shallowRef<ConnectionState>('open')
  const desktop = electronTransport()
  if (desktop !== null) return { transport: desktop, connection }
  const socket = createSocketTransport({ url: socketUrl(window.location), report })
  socket.watchConnection((state) => (connection.value = state))
  return { transport: socket, connection }
}

const { transport, connection } = connect()
const pinia = createPinia()
const client = createClient(transport, {
  shownImageIds: () => {
    const { currentImageId } = useSelectionStore(pinia)
    return currentImageId === null ? [] : [currentImageId]
  },
  report,
})
const i18n = createWindowI18n()

createApp(App)
  .use(pinia)
  .use(i18n)
  .provide(clientKey, client)
  .provide(i18nKey, i18n)
  .provide(connectionKey, connection)
  .mount('#app')
