module gpu-nic-pairs

go 1.19
