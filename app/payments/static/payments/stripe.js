// Mounts Stripe's own fields. What is typed in them goes from Stripe's frame to Stripe, never through this page.
const form = document.querySelector("#stripe-form");
const button = form.querySelector("button");
const problem = document.querySelector("#stripe-problem");

const stripe = window.Stripe(form.dataset.key, { locale: form.dataset.locale });
const elements = stripe.elements({ clientSecret: form.dataset.secret });
const fields = elements.create("payment");
fields.mount("#stripe-fields");
fields.on("ready", () => { button.disabled = false; });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.hidden = true;
  const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: form.dataset.return } });
  if (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
