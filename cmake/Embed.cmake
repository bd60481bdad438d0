# nv_embed(TARGET SYMBOL FILE): the bytes of FILE in TARGET, between the symbols SYMBOL and SYMBOL_end. The assembler's
# .incbin costs no compile time, unlike an array in a source file.
enable_language(ASM)
function(nv_embed target symbol file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
    .section .rodata
    .global @symbol@, @symbol@_end
    .balign 16
@symbol@:
    .incbin "@file@"
@symbol@_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
]])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
