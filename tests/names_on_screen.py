"""Finds names on a page that are broken over two lines although they fit into their column."""

BROKEN_NAMES = """() => {
  const IN_CODE = /["']?-{0,2}[A-Za-z0-9][\\w.:+-]*[-_][A-Za-z0-9][\\w.:+-]*["']?[,:]?/g;
  // In a program, a name ends before a point or a colon. In a time it does not.
  const IN_BLOCK = /["']?-{0,2}[A-Za-z0-9](?:[\\w+-]|[.:]\\d)*[-_][A-Za-z0-9](?:[\\w+-]|[.:]\\d)*["']?[,:]?/g;
  const KEPT = ".app-part, .app-code", CODE = "code:not(.govuk-visually-hidden)";
  const MARGIN = 9; // the padding of code
  const found = [];
  const roomIn = part => {
    while (getComputedStyle(part).display === "inline" || part.matches(KEPT)) part = part.parentElement;
    const {paddingLeft, paddingRight} = getComputedStyle(part);
    return part.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  };
  const judge = part => {
    const nodes = [], texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    let text = "";
    for (let node; (node = texts.nextNode()); text += node.data) nodes.push([node, text.length]);
    const place = at => {
      const [node, start] = nodes.findLast(([, start]) => start <= at);
      return [node, at - start];
    };
    const isInBlock = part.closest("pre") !== null, isName = !isInBlock && !/\\s/.test(text);
    const names = isName ? [{0: text, index: 0}] : text.matchAll(isInBlock ? IN_BLOCK : IN_CODE);
    for (const {0: name, index} of names) {
      const range = document.createRange(), [last, offset] = place(index + name.length - 1);
      range.setStart(...place(index));
      range.setEnd(last, offset + 1);
      const boxes = [...range.getClientRects()].filter(box => box.width > 1);
      const isBroken = boxes.some(box => box.top > boxes[0].top + 5);
      const width = boxes.reduce((sum, box) => sum + box.width, 0);
      if (isBroken && width + MARGIN <= roomIn(last.parentElement)) found.push(name);
    }
  };
  for (const part of document.querySelectorAll(`main ${CODE}, main .app-part`)) {
    if (part.checkVisibility() && !part.parentElement.closest(`code, ${KEPT}`)) judge(part);
  }
  return found;
}"""
"""Code without space is a name. In blocks and in other code, a name has a hyphen or an underscore."""
