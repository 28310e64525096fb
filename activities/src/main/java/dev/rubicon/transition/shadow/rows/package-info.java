/** How rows come into a shadow, and how both tables are compared. */
package dev.rubicon.transition.shadow.rows;
