/* Ctrl+Enter (or ⌘+Enter) in the question's box sends it. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const box = event.target.closest("[data-ask]");
  if (!box) return;
  event.preventDefault();
  const button = box.form.querySelector("button:not([type=button])");
  if (button && !button.disabled) box.form.requestSubmit(button);
});

/* A file comes without a new page: let its button work again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-download]")) return;
  setTimeout(() => { delete form.dataset.sent; document.body.classList.remove("busy"); }, 1000);
});
