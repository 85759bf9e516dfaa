/** What code-service does for others: unique codes, and a log of messages guarded by them. */
@NullMarked
package dev.signalbox.contracts.code;

import org.jspecify.annotations.NullMarked;
