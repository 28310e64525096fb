/** The version that the owner's migration tool reads, set at the cutover and at the way back. */
package dev.rubicon.stamp;
