import type { InjectionKey, ShallowRef } from 'vue'
import type { ConnectionState } from '../transport/socket-transport.ts'

/** Always open in the desktop shell. */
export const connectionKey: InjectionKey<ShallowRef<ConnectionState>> = Symbol('connection')
