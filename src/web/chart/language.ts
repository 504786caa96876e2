/** uPlot asks Intl for the browser's language as it loads, and a browser started in a POSIX locale names one that Intl refuses. */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
}
