/** Who says who a caller is: issuers of JWTs, their keys, and what a token of theirs says. */
package dev.rubicon.issuer;
