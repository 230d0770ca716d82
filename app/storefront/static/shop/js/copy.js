// After the order: forget what was typed at the checkout; copy buttons beside payment details.
import { toast } from "shop/api";

try { sessionStorage.removeItem("checkout"); } catch { /* storage is closed: nothing was kept */ }
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(button.dataset.done);
  });
}
