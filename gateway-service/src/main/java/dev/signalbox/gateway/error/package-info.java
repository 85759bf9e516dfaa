/** Errors as HTTP: the status of each error code, and the error shapes. */
@NullMarked
package dev.signalbox.gateway.error;

import org.jspecify.annotations.NullMarked;
