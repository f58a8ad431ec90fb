// COUNT bytes to nine-bit signed values, so that int8 and uint8 may follow each other row by row.
module sosa_extend #(
    parameter int COUNT = 1
) (
    input  logic               is_signed,
    input  logic [8*COUNT-1:0] bytes,
    output logic [9*COUNT-1:0] values
);
    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : operand
            assign values[9*i +: 9] = {is_signed && bytes[8*i+7], bytes[8*i +: 8]};
        end
    endgenerate
endmodule
