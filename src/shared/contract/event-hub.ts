export type Unsubscribe = () => void

/** Hands each event to everyone who listens to its name. */
export interface EventHub<Events> {
  readonly emit: <Name extends keyof Events>(name: Name, data: Events[Name]) => void
  readonly subscribe: <Name extends keyof Events>(
    name: Name,
    listener: (data: Events[Name]) => void,
  ) => Unsubscribe
}

/** @param report gets what a listener threw; the other listeners and the emitter go on. */
export function createEventHub<Events>(report: (error: unknown) => void): EventHub<Events> {
  const listeners = new Map<keyof Events, Set<(data: never) => void>>()
  return {
    emit(name, data) {
      // A copy, as a listener may subscribe or leave while it is called.
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(data as never)
        } catch (error) {
          report(error)
        }
      }
    },
    subscribe(name, listener) {
      const ofName = listeners.get(name) ?? new Set()
      listeners.set(name, ofName)
      // An own function, so that one listener may be subscribed twice and leave once.
      const entry = (data: never) => listener(data)
      ofName.add(entry)
      return () => void ofName.delete(entry)
    },
  }
}
