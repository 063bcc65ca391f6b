/**
 * A webpack loader that puts a bug into one source file. If the text is missing, or occurs twice, the build fails: otherwise the
 * mutant would be equal to the product.
 */
module.exports = function replace(source) {
  const { from, to } = this.getOptions();
  const found = source.split(from).length - 1;
  if (found !== 1) throw new Error(`${this.resourcePath} has this ${found} times, not once: ${from}`);
  return source.replace(from, () => to);
};
