// Starts the client in the page.
import "@mantine/core/styles.css";
import "../ui/theme/tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { renewWhereAPartIsGone } from "./_renewal";
import { App } from "./App";

renewWhereAPartIsGone();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
