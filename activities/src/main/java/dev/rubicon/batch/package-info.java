/** Many statements in few commits, on databases of our own. */
package dev.rubicon.batch;
