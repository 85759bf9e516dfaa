/** What file-service does for others: a directory read, listed and written with whole files. */
@NullMarked
package dev.signalbox.contracts.file;

import org.jspecify.annotations.NullMarked;
