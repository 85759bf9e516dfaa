/** Section 5: files over HTTP: downloads, uploads, listing. */
@NullMarked
package dev.signalbox.gateway.files;

import org.jspecify.annotations.NullMarked;
