/** Pages that are not the window: plain text in the least of HTML, as no style or script is served here. */

const page = (title: string, body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}<title>${title}</title></head>` +
  `<body><h1>${title}</h1>${body}</body></html>`

export const NO_TOKEN_PAGE = page(
  'Lexmask needs its key',
  '<p>Open the address that <code>lexmask serve</code> printed when it started, with all that ' +
    'stands behind <code>?token=</code>. Each start has another one.</p>',
)

export const WRONG_HOST_PAGE = page(
  'Lexmask does not answer to this name',
  '<p>Open it by its address in numbers, or by the name that was given to ' +
    '<code>lexmask serve --host</code>.</p>',
)

export const NOT_BUILT_PAGE = page(
  'Lexmask is not built',
  '<p>Run <code>npm run build</code> and reload this page.</p>',
)

/**
 * For a link on another site: the browser holds the cookie back as long as that site has led here,
 * so our own page has to lead on.
 */
export const LEADING_ON_PAGE = page(
  'Lexmask',
  '<p><a href="/">Open Lexmask</a></p>',
  '<meta http-equiv="refresh" content="0; url=/">',
)
