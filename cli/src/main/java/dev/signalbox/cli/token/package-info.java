/** The file of tokens that a gateway reads: made, listed and revoked. */
@NullMarked
package dev.signalbox.cli.token;

import org.jspecify.annotations.NullMarked;
