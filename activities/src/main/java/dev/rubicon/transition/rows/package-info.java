/** How the rows of a transition are filled and compared, whichever kind it has. */
package dev.rubicon.transition.rows;
