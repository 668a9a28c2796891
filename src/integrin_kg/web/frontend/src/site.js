// What every page loads: HTML that already works gains filters, charts, networks and completion.
import "./site.css";
import { enhance } from "./enhance.js";

enhance(document);
