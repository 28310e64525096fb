/** Who holds what a reading waits for. */
package dev.rubicon.blocked;
