/** Error codes: one enum for the whole product, one exception that carries it. */
package dev.rubicon.error;
