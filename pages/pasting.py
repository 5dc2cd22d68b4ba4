"""Pasting code."""

SCRIPT = '''
// Several lines that were pasted may be code: a button makes them a block.
addEventListener("DOMContentLoaded", () => {
  const field = document.getElementById("composer"), offer = document.querySelector(".offer");
  let pasted = null;
  const close = () => { pasted = null; offer.hidden = true; };
  field.addEventListener("paste", (event) => {
    const fences = field.value.slice(0, field.selectionStart).match(/^ {0,3}(```|~~~)/gm) || [];
    if (fences.length % 2) return;  // within a block already
    const text = event.clipboardData.getData("text/plain").replace(/\\r\\n?/g, "\\n").replace(/\\n+$/, "");
    if (text.split("\\n").filter((line) => line.trim()).length < 2 || text.includes("```")) return;
    pasted = text;
    setTimeout(() => { offer.hidden = !field.value.includes(text); });
  });
  offer.querySelector("button").onclick = () => {
    const start = pasted === null ? -1 : field.value.lastIndexOf(pasted);
    if (start >= 0) {
      const before = start && field.value[start - 1] !== "\\n" ? "\\n" : "", end = start + pasted.length;
      const after = end < field.value.length && field.value[end] !== "\\n" ? "\\n" : "";
      chatroom.insert(field, `${before}\\`\\`\\`\\n${pasted}\\n\\`\\`\\`${after}`, start, end);
    }
    close(); field.focus();
  };
  field.addEventListener("input", () => { if (pasted !== null && !field.value.includes(pasted)) close(); });
  chatroom.when("sent", close);
  chatroom.when("opened", close);
});
'''
