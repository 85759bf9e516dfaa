/** What server-factory-service does for others: HTTP servers created on demand. */
@NullMarked
package dev.signalbox.contracts.serverfactory;

import org.jspecify.annotations.NullMarked;
